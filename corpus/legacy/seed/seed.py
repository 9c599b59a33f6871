import keras
from keras.layers import Input, Convolution2D
from keras.models import Model
inputs = Input(shape=(1, 32, 32,))
shared = Convolution2D(nb_filter=10, nb_row=8, nb_col=8, subsample=(1, 1), border_mode='same', activation='relu')(inputs)
model = Model(inputs, shared)
model.summary()
