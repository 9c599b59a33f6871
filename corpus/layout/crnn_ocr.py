"""image_ocr: convolutions, then columns become time steps by Reshape; Permute to channels last."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, Dense, Reshape, Permute, GRU, TimeDistributed, Flatten

image = Input(shape=(1, 32, 16))
x = Convolution2D(4, 3, 3, border_mode='same', activation='relu', dim_ordering='th')(image)
x = MaxPooling2D((2, 2), dim_ordering='th')(x)
x = Convolution2D(6, 3, 3, border_mode='same', activation='relu', dim_ordering='th')(x)
x = MaxPooling2D((2, 2), dim_ordering='th')(x)
t = Permute((3, 1, 2))(x)
t = TimeDistributed(Flatten())(t)
t = GRU(8, return_sequences=True, inner_activation='sigmoid')(t)
u = Permute((2, 3, 1))(x)
u = Reshape((8 * 4, 6))(u)
u = GRU(5, inner_activation='sigmoid')(u)
model = Model(image, [Dense(4, activation='softmax')(u), t])
