"""mnist_transfer_cnn: two lists of layers, one model of both."""
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten
from keras.layers import Convolution2D, MaxPooling2D

img_rows, img_cols = 28, 26
input_shape = (1, img_rows, img_cols)
feature_layers = [
    Convolution2D(8, 3, 3, border_mode='valid', input_shape=input_shape, dim_ordering='th'),
    Activation('relu'),
    Convolution2D(8, 3, 3, dim_ordering='th'),
    Activation('relu'),
    MaxPooling2D(pool_size=(2, 2), dim_ordering='th'),
    Dropout(0.25),
    Flatten(),
]
classification_layers = [
    Dense(16),
    Activation('relu'),
    Dropout(0.5),
    Dense(5),
    Activation('softmax')
]
model = Sequential(feature_layers + classification_layers)
model.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy'])
for l in feature_layers:
    l.trainable = False
